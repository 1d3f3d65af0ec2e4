"""Tables: how they are read, how they arrive and are kept, and which rows train and judge a model."""
