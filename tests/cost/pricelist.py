"""A small Price List API on the loopback interface. Its prices are MADE UP, for tests: they are nobody's.

It answers GetProducts in the real shape: `PriceList` is a list of JSON documents in strings, filters match attributes
exactly, and what does not fit on a page comes with the next token.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

PUBLISHED = "2026-11-02T18:04:05Z"


@dataclass(frozen=True, slots=True)
class Listed:
    """A product of the list; `ranges` are (from, to, price)."""

    service: str
    sku: str
    attributes: Mapping[str, str]
    unit: str
    ranges: Sequence[tuple[str, str, str]]
    family: str = ""
    currency: str = "USD"

    def document(self) -> dict[str, Any]:
        """Write it as AWS does."""
        code = f"{self.sku}.JRTCKXETXF"
        dimensions = {
            f"{code}.{number}": {
                "rateCode": f"{code}.{number}",
                "description": f"made up: {price} per {self.unit}",
                "beginRange": begins,
                "endRange": ends,
                "unit": self.unit,
                "pricePerUnit": {self.currency: price},
                "appliesTo": [],
            }
            for number, (begins, ends, price) in enumerate(self.ranges)
        }
        product: dict[str, Any] = {"sku": self.sku, "attributes": {"servicecode": self.service, **self.attributes}}
        if self.family:
            product["productFamily"] = self.family
        term = {"sku": self.sku, "effectiveDate": "2026-11-01T00:00:00Z", "offerTermCode": "JRTCKXETXF"}
        return {
            "product": product,
            "serviceCode": self.service,
            "terms": {"OnDemand": {code: {**term, "priceDimensions": dimensions, "termAttributes": {}}}},
            "version": "20261102180405",
            "publicationDate": PUBLISHED,
        }

    def matches(self, filters: Mapping[str, str]) -> bool:
        """Whether every filter's attribute has its value."""
        has = {**self.attributes, "productFamily": self.family}
        return all(has.get(name) == value for name, value in filters.items())


@dataclass
class PriceList:
    """The server: what it lists, what it was asked, and how it fails if it is to."""

    products: list[Listed]
    page: int = 100
    refusal: tuple[str, str] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer one GetProducts."""
        self.asked.append(dict(request))
        if self.refusal:
            return 400, {"__type": self.refusal[0], "Message": self.refusal[1]}
        assert {f["Type"] for f in request.get("Filters", ())} <= {"TERM_MATCH"}
        filters = {f["Field"]: f["Value"] for f in request.get("Filters", ())}
        found = [p for p in self.products if p.service == request["ServiceCode"] and p.matches(filters)]
        begin = int(request.get("NextToken") or 0)
        answer: dict[str, Any] = {
            "FormatVersion": "aws_v1",
            "PriceList": [json.dumps(product.document()) for product in found[begin : begin + self.page]],
        }
        if begin + self.page < len(found):
            answer["NextToken"] = str(begin + self.page)
        return 200, answer

    @property
    def url(self) -> str:
        """For AWS_ENDPOINT_URL_PRICING."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.headers["X-Amz-Target"] == "AWSPriceListService.GetProducts"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = told.answer(json.loads(body))
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
                del format, args

        class Server(ThreadingHTTPServer):
            request_queue_size = 64  # all asks come at once; one that finds no room comes again a second later

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _in(region: str, usage_type: str, **attributes: str) -> dict[str, str]:
    return {"regionCode": region, "locationType": "AWS Region", "usagetype": usage_type, **attributes}


def instance(name: str, price: str, *, region: str = "us-east-1", sku: str = "", **attributes: str) -> Listed:
    """An instance type, as GetProducts lists it."""
    about = {
        "instanceType": name,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "licenseModel": "No License required",
        "operation": "RunInstances",
        **attributes,
    }
    ranges = (("0", "Inf", price),)
    sku = sku or f"EC2{name.replace('.', '').upper()}"
    return Listed("AmazonEC2", sku, _in(region, f"BoxUsage:{name}", **about), "Hrs", ranges, "Compute Instance")


def _flat(service: str, family: str, usage: str, unit: str, price: str, **attributes: str) -> Listed:
    sku = "".join(letter for letter in usage.upper() if letter.isalnum())
    return Listed(service, sku, _in("us-east-1", usage, **attributes), unit, (("0", "Inf", price),), family)


def region() -> list[Listed]:
    """Everything that the shipped examples need in us-east-1, among its neighbours on the list. Prices are made up."""
    gp3, io2 = {"volumeApiName": "gp3"}, {"volumeApiName": "io2"}
    return [
        instance("r6i.4xlarge", "1.0"),
        instance("c6i.xlarge", "0.2"),
        instance("r6i.xlarge", "0.25"),
        instance("r6i.xlarge", "9.9", sku="WINDOWS", operatingSystem="Windows"),
        instance("r6i.xlarge", "9.8", sku="DEDICATED", tenancy="Dedicated"),
        _flat("AmazonEC2", "Storage", "EBS:VolumeUsage.gp3", "GB-Mo", "0.08", **gp3),
        _flat("AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.gp3", "IOPS-Mo", "0.005", **gp3),
        _flat("AmazonEC2", "Provisioned Throughput", "EBS:VolumeP-Throughput.gp3", "GiBps-mo", "40.96", **gp3),
        _flat("AmazonEC2", "Storage", "EBS:VolumeUsage.io2", "GB-month", "0.125", **io2),
        _flat("AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.io2", "IOPS-Mo", "0.06", **io2),
        _flat("AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.io2.tier2", "IOPS-Mo", "0.04", **io2),
        _flat("AmazonEC2", "System Operation", "EBS:VolumeP-IOPS.io2.tier3", "IOPS-Mo", "0.02", **io2),
        _flat("AmazonEC2", "NAT Gateway", "NatGateway-Hours", "Hrs", "0.05"),
        _flat("AmazonEC2", "NAT Gateway", "NatGateway-Bytes", "GB", "0.045"),
        _flat("AmazonEC2", "NAT Gateway", "USE1-RegionalNatGateway-Hours", "Hrs", "0.07"),
        _flat("AmazonVPC", "", "USE1-PublicIPv4:InUseAddress", "Hrs", "0.005", group="VPCPublicIPv4Address"),
        _flat("AmazonVPC", "", "USE1-PublicIPv4:IdleAddress", "Hrs", "0.005", group="VPCPublicIPv4Address"),
        _flat("AmazonVPC", "VpcEndpoint", "USE1-VpcEndpoint-Hours", "Hrs", "0.01"),
        _flat("AmazonVPC", "VpcEndpoint", "USE1-VpcEndpoint-GWLBE-Hours", "Hrs", "0.02"),
        _flat("AWSELB", "Load Balancer-Network", "LoadBalancerUsage", "Hrs", "0.0225"),
        _flat("AWSELB", "Load Balancer-Network", "LCUUsage", "LCU-Hrs", "0.006"),
        _flat(
            "AmazonElastiCache",
            "Cache Instance",
            "NodeUsage:cache.t4g.medium",
            "Hrs",
            "0.065",
            instanceType="cache.t4g.medium",
            cacheEngine="Redis",
        ),
        _flat("AWSSecretsManager", "Secret", "USE1-AWSSecretsManager-Secrets", "Secrets", "0.40"),
        _flat("awskms", "Encryption Key", "us-east-1-KMS-Keys", "Keys", "1.00"),
        Listed(
            "AmazonRoute53",
            "ZONE",
            {"usagetype": "HostedZone"},
            "HostedZone",
            (("0", "25", "0.50"), ("25", "Inf", "0.10")),
            "DNS Zone",
        ),
        _flat("AmazonCloudWatch", "Alarm", "CW:AlarmMonitorUsage", "Alarms", "0.10"),
        _flat("AmazonCloudWatch", "Alarm", "CW:HighResAlarmMonitorUsage", "Alarms", "0.30"),
    ]
