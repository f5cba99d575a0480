# What is looked up: the database as RDS knows it, and the route tables.

data "aws_db_instance" "this" {
  count = try(var.database.rds_instance, null) == null ? 0 : 1

  db_instance_identifier = var.database.rds_instance
}

data "aws_rds_cluster" "this" {
  count = try(var.database.rds_cluster, null) == null ? 0 : 1

  cluster_identifier = var.database.rds_cluster
}

data "aws_db_subnet_group" "this" {
  count = length(local.subnet_groups)

  name = local.subnet_groups[count.index]
}

data "aws_route_tables" "this" {
  for_each = var.routes

  vpc_id = each.value.vpc_id
}

data "aws_route_table" "this" {
  for_each = toset(flatten([for tables in data.aws_route_tables.this : tables.ids]))

  route_table_id = each.value
}

locals {
  subnet_groups = concat(data.aws_db_instance.this[*].db_subnet_group, data.aws_rds_cluster.this[*].db_subnet_group_name)

  # A database moves between the subnets of its group: each of them needs the route.
  database_subnets = toset(flatten(data.aws_db_subnet_group.this[*].subnet_ids))

  # A subnet without a table of its own uses the VPC's main one.
  main_tables = {
    for name, tables in data.aws_route_tables.this : name => one([
      for id in tables.ids : id if anytrue([for a in data.aws_route_table.this[id].associations : a.main])
    ])
  }
  tables_of_subnets = merge([
    for id, table in data.aws_route_table.this : { for a in table.associations : a.subnet_id => id if a.subnet_id != "" }
  ]...)

  found_tables = {
    for name, route in var.routes : name => route.of_database && length(local.database_subnets) > 0 ? toset([
      for subnet in local.database_subnets : lookup(local.tables_of_subnets, subnet, local.main_tables[name])
    ]) : toset(data.aws_route_tables.this[name].ids)
  }

  routes = merge([
    for name, route in var.routes : {
      for table in lookup(var.route_table_ids, name, local.found_tables[name]) : "${name}/${table}" => {
        table       = table
        destination = route.destination
        peering     = one([for key, peering in var.peerings : key if peering.id == route.peering_id])
      }
    }
  ]...)

  security_groups = concat(
    var.database_security_group_id == null ? [] : [var.database_security_group_id],
    sort(flatten(data.aws_db_instance.this[*].vpc_security_groups)),
    sort(flatten([for cluster in data.aws_rds_cluster.this : tolist(cluster.vpc_security_group_ids)])),
  )
}
