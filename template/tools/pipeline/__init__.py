"""What the pipelines do beside training and judging: sum up, tell, record, build, roll out."""
