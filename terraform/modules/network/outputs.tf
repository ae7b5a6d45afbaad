output "vpc_id" {
  description = "The VPC"
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets of the load balancer, servers and functions, one in each zone"
  value       = [for zone in var.availability_zones : aws_subnet.private[zone].id]
}

output "database_subnet_ids" {
  description = "Subnets of the database, one in each zone"
  value       = [for zone in var.availability_zones : aws_subnet.database[zone].id]
}

output "security_group_ids" {
  description = "Security groups: balancer, service, functions, proxy, database, endpoints, and cache if there is one"
  value       = { for name, group in aws_security_group.this : name => group.id }
}

output "internet_gateway_id" {
  description = "What CloudFront asks for before it makes a VPC origin"
  value       = aws_internet_gateway.this.id
}

output "public_subnets" {
  description = "Subnets that give public addresses, for the tests"
  value = [
    for subnet in concat(values(aws_subnet.private), values(aws_subnet.database)) : subnet.cidr_block
    if subnet.map_public_ip_on_launch
  ]
}

output "flows" {
  description = "Who may talk to whom, for the tests"
  value       = values(local.flows)
}

output "reached" {
  description = "Services of AWS that are reached without the internet, for the tests"
  value = setunion(
    [for name, endpoint in aws_vpc_endpoint.interface : name if endpoint.private_dns_enabled],
    [for endpoint in [aws_vpc_endpoint.s3] : "s3" if endpoint.vpc_endpoint_type == "Gateway"],
  )
}
