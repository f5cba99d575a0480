"""The watcher: a Lambda function that keeps a target group at the addresses of the database's name."""
