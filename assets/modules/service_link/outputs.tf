output "database_zone_id" {
  description = "The private zone of the database's name."
  value       = aws_route53_zone.database.zone_id
}
