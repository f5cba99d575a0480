variable "peering_ids" {
  description = "Peerings that the customer has accepted."
  type        = set(string)
}
