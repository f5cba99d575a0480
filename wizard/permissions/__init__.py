"""Which IAM actions emitted files need, and the policies that allow no more. Pure."""
