"""What tests of pipelines and containers run: tools fetched once, and projects to run them on."""
