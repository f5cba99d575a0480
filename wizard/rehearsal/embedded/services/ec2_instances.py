"""EC2 instances: what was asked for at launch is what is read back."""

from __future__ import annotations

from typing import Any

from wizard.rehearsal.embedded.patching import replace, wrap, wrap_property
from wizard.rehearsal.embedded.services.answers import failure, flag, param, result


def check_launch(response: Any) -> None:
    """Refuse what AWS refuses of a launch, also in a dry run: what is unknown, and what does not fit together."""
    from moto.ec2.exceptions import InvalidInstanceTypeError
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    name = param(response, "InstanceType")
    if name is None:
        return
    kind = INSTANCE_TYPES.get(name)
    if kind is None:
        raise InvalidInstanceTypeError(name)
    _check_zone(response, name)
    image_id = param(response, "ImageId")
    if not image_id:
        return
    image = response.ec2_backend.describe_images(ami_ids=[image_id])[0]
    if image.state != "available":
        raise failure("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is not available.")
    supported = kind["ProcessorInfo"]["SupportedArchitectures"]
    if image.architecture not in supported:
        raise failure(
            "InvalidParameterValue",
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again.",
        )


def _check_zone(response: Any, instance_type: str) -> None:
    from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

    subnets = [param(response, "SubnetId"), *(nic.get("SubnetId") for nic in param(response, "NetworkInterfaces", []))]
    offerings = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(response.region, [])
    for subnet_id in filter(None, subnets):
        zone = response.ec2_backend.get_subnet(subnet_id).availability_zone
        offered = {offer["InstanceType"] for offer in offerings if offer["Location"] == zone}
        if offered and instance_type not in offered:
            raise failure(
                "Unsupported",
                f"Your requested instance type ({instance_type}) is not supported in your requested Availability Zone "
                f"({zone}).",
            )


def _run_instances(original: Any, response: Any) -> Any:
    check_launch(response)
    answer = original(response)
    disks = {disk.get("DeviceName"): disk.get("Ebs", {}) for disk in param(response, "BlockDeviceMappings", [])}
    requested = {int(nic.get("DeviceIndex", 0)): nic for nic in param(response, "NetworkInterfaces", [])}
    for instance in answer.result.instances:
        instance.disable_api_termination = bool(flag(response, "DisableApiTermination"))
        if not instance.security_groups and 0 in instance.nics:
            # groups given with the interface are the instance's groups too
            instance.security_groups = list(instance.nics[0].group_set)
        _own_interfaces(instance, requested)
        _set_performance(response.ec2_backend, instance, disks)
    return answer


def _own_interfaces(instance: Any, requested: dict[int, Any]) -> None:
    """Have an interface that was made with the instance end with it, unless told otherwise."""
    for index, nic in instance.nics.items():
        asked = requested.get(index, {})
        if not asked.get("NetworkInterfaceId"):
            nic.delete_on_termination = asked.get("DeleteOnTermination", True)


def _set_performance(backend: Any, instance: Any, disks: dict[Any, dict[str, Any]]) -> None:
    for name, device in instance.get_block_device_mapping:
        volume = backend.volumes.get(device.volume_id)
        asked = disks.get(name, {})
        if volume is None:
            continue
        if asked.get("Iops"):
            volume.iops = int(asked["Iops"])
        if volume.volume_type == "gp3":
            volume.throughput = int(asked.get("Throughput") or 125)


def _association(value: dict[str, Any], interface: Any) -> dict[str, Any] | None:
    """Show none where there is none: an empty one reads as "has a public address"."""
    del interface
    return value or None


def _modify_instance_attribute(original: Any, response: Any) -> Any:
    behaviour = param(response, "InstanceInitiatedShutdownBehavior.Value")
    if behaviour is None:
        return original(response)
    instance = response.ec2_backend.get_instance(param(response, "InstanceId"))
    instance.instance_initiated_shutdown_behavior = behaviour
    return result(None)


def _monitor(response: Any) -> Any:
    return _set_monitoring(response, "enabled")


def _unmonitor(response: Any) -> Any:
    return _set_monitoring(response, "disabled")


def _set_monitoring(response: Any, state: str) -> Any:
    monitored = []
    for instance_id in param(response, "InstanceIds", []):
        response.ec2_backend.get_instance(instance_id).monitoring_state = state
        monitored.append({"InstanceId": instance_id, "Monitoring": {"State": state}})
    return result({"InstanceMonitorings": monitored})


def install() -> None:
    """Complete instances."""
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface
    from moto.ec2.responses.instances import InstanceResponse
    from moto.ec2.responses.monitoring import Monitoring

    wrap_property(NetworkInterface, "association", _association)
    wrap(InstanceResponse, "run_instances", _run_instances)
    wrap(InstanceResponse, "modify_instance_attribute", _modify_instance_attribute)
    replace(Monitoring, "monitor_instances", _monitor)
    replace(Monitoring, "unmonitor_instances", _unmonitor)
