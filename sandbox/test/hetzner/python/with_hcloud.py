"""hcloud-python, Hetzner's own client, with nothing changed. It reads where the API is, and prints what it has seen."""

import json
import sys

from hcloud import APIException, Client
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.networks import NetworkRoute, NetworkSubnet
from hcloud.placement_groups import PlacementGroup
from hcloud.server_types import ServerType
from hcloud.servers import ServerCreatePublicNetwork


def wait(*actions):
    for action in actions:
        action.wait_until_finished()


def code_of(call):
    """The error's code as the client shows it."""
    try:
        call()
    except APIException as error:
        return error.code
    return "no error"


def make_server(client, name, **fields):
    made = client.servers.create(
        name=name,
        server_type=ServerType(name="cx23"),
        image=Image(name="debian-13"),
        location=Location(name="nbg1"),
        public_net=ServerCreatePublicNetwork(enable_ipv4=True, enable_ipv6=False),
        **fields,
    )
    wait(made.action, *made.next_actions)
    return client.servers.get_by_id(made.server.id)


def play_volumes(client, server):
    made = client.volumes.create(size=10, name="memory", location=Location(name="nbg1"), format="ext4")
    wait(made.action, *made.next_actions)
    volume = client.volumes.get_by_name("memory")
    wait(volume.attach(server, automount=False))
    volume.reload()
    attached = volume.server.id == server.id
    listed = [one.id for one in client.servers.get_by_id(server.id).volumes] == [volume.id]
    wait(volume.resize(20), volume.change_protection(delete=True))
    refused = [code_of(volume.delete)]
    wait(volume.change_protection(delete=False))
    refused += [code_of(volume.delete), code_of(lambda: volume.resize(15)), code_of(lambda: volume.attach(server))]
    volume.update(labels={"stack": "prod"})
    found = client.volumes.get_all(label_selector="stack=prod")
    wait(volume.detach())
    actions = [action.command for action in volume.get_actions()]
    volume.delete()
    return {
        "attaches": attached and listed,
        "device": volume.linux_device == f"/dev/disk/by-id/scsi-0HC_Volume_{volume.id}",
        "grows": found[0].size == 20,
        "refuses": refused,
        "lists its actions": actions,
        "deletes": client.volumes.get_by_name("memory") is None,
    }


def play_images(client, server):
    made = server.create_image(description="before", type="snapshot", labels={"stack": "prod"})
    wait(made.action)
    snapshot = client.images.get_by_id(made.image.id)
    wait(server.rebuild(snapshot).action)
    rebuilt = client.servers.get_by_id(server.id).image.id == snapshot.id
    wait(server.rebuild(Image(name="debian-13"), user_data="#cloud-config\n").action)
    wait(server.enable_backup())
    wait(server.create_image(type="backup").action)
    backups = client.images.get_all(type="backup", bound_to=str(server.id))
    converted = backups[0].update(type="snapshot", description="kept")
    wait(server.disable_backup())
    wait(converted.change_protection(delete=True))
    refused = code_of(converted.delete)
    wait(converted.change_protection(delete=False))
    mine = client.images.get_all(type=["snapshot", "backup"])
    for image in mine:
        image.delete()
    system = client.images.get_by_name_and_architecture("debian-13", "x86")
    return {
        "rebuilds from a snapshot": rebuilt,
        "makes a backup a snapshot": [image.description for image in mine] == ["before", "kept"],
        "refuses": refused,
        "deletes": client.images.get_all(type="snapshot") == [],
        "keeps system images": system.name == "debian-13",
    }


def play_rescue(client, server, public_key):
    key = client.ssh_keys.create(name="key", public_key=public_key)
    response = server.enable_rescue(type="linux64", ssh_keys=[key.id])
    wait(response.action)
    enabled = client.servers.get_by_id(server.id).rescue_enabled
    wait(server.reset())
    used = not client.servers.get_by_id(server.id).rescue_enabled
    wait(server.enable_rescue().action, server.disable_rescue())
    return {
        "gives a password": bool(response.root_password),
        "is for the next boot": enabled and used,
        "is switched off": not client.servers.get_by_id(server.id).rescue_enabled,
    }


def play_networks(client, server):
    subnet = NetworkSubnet(
        type=NetworkSubnet.TYPE_CLOUD, network_zone="eu-central", ip_range="10.0.0.0/24"
    )
    network = client.networks.create(name="private", ip_range="10.0.0.0/16", subnets=[subnet])
    wait(network.add_route(NetworkRoute(destination="10.100.0.0/24", gateway="10.0.0.2")))
    wait(server.attach_to_network(network, alias_ips=["10.0.0.9"]))
    net = client.servers.get_by_id(server.id).private_net[0]
    again = code_of(lambda: server.attach_to_network(network))
    wait(server.change_alias_ips(network, alias_ips=[]))
    members = [one.id for one in client.networks.get_by_name("private").servers]
    wait(server.detach_from_network(network), network.change_ip_range("10.0.0.0/12"))
    network.reload()
    ip_range = network.ip_range
    network.delete()
    return {
        "gives an address": [net.ip, net.alias_ips],
        "refuses": again,
        "has the server": members == [server.id],
        "grows": ip_range == "10.0.0.0/12",
        "deletes": client.networks.get_all() == [],
    }


def play_placement_groups(client):
    group = client.placement_groups.create(name="spread", type=PlacementGroup.TYPE_SPREAD).placement_group
    server = make_server(client, "spread", placement_group=group)
    ordered = server.placement_group.id == group.id
    wait(server.power_off())
    wait(server.remove_from_placement_group(), server.add_to_placement_group(group))
    members = client.placement_groups.get_by_name("spread").servers
    wait(server.delete())
    group.delete()
    return {"is ordered": ordered, "has the server": members == [server.id]}


def main():
    where = json.load(sys.stdin)
    client = Client(token=where["token"], api_endpoint=where["endpoint"], poll_interval=0.01)
    server = make_server(client, "bot")
    results = {
        "volumes": play_volumes(client, server),
        "images": play_images(client, server),
        "rescue": play_rescue(client, server, where["publicKey"]),
        "networks": play_networks(client, server),
        "placement groups": play_placement_groups(client),
    }
    wait(server.delete())
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
