"""What is run on nodes with Springtail's services, sent through Systems Manager."""
