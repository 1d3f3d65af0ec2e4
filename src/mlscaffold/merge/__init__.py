"""Three trees in, one result out: git's ort engine, certain moves before it, a policy and resolvers after it."""
