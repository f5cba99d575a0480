# Each side of a peering sets its own DNS option, and only once the peering is active: that is why this is a stack of its
# own. Ours lets the customer's VPCs resolve names in the transit VPC to private addresses; theirs, which lets the watcher
# do the same with the database's name, is one of the customer's steps.
resource "aws_vpc_peering_connection_options" "this" {
  for_each = var.peering_ids

  vpc_peering_connection_id = each.value

  requester {
    allow_remote_vpc_dns_resolution = true
  }
}
