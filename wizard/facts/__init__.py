"""What AWS and the database say now: typed questions (asks) and their readings. Pure: who asks is `wizard.aws.facts`."""
