output "path" {
  description = "The public path, as verification and the report need it."
  value = {
    proxy_nlb_arn          = aws_lb.proxy.arn
    proxy_nlb_dns          = aws_lb.proxy.dns_name
    proxy_public_ips       = [aws_eip.proxy.public_ip]
    proxy_target_group_arn = aws_lb_target_group.proxy.arn
  }
}
