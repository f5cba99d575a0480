"""What the customer gets: the page, the script, OpenTofu, CloudFormation, all made of the same steps."""
