// Which of this machine's addresses another machine is reached from, and the one that a tablet is told.
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { NetworkInterfaceInfo } from 'node:os'

/** As `os.networkInterfaces()` gives them. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

export interface LocalAddress {
  /** `wlan0` */
  readonly interface: string
  readonly address: string
}

/** Addresses of others do not reach them: bridges and tunnels of containers and virtual machines. */
const isVirtual = (name: string): boolean =>
  /^(docker|br-|veth|virbr|vmnet|vboxnet|lxc|cni|podman|tun|tap|utun|wg|tailscale)/.test(name)

/** IPv4 addresses of this machine that a tablet may reach, real networks first. */
export function lanAddresses(interfaces: Interfaces): LocalAddress[] {
  const all = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    infos.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => ({ interface: name, address })),
  )
  return all.toSorted((a, b) => Number(isVirtual(a.interface)) - Number(isVirtual(b.interface)))
}

/** This machine's address on the network that `peer` is in. */
export function localFor(peer: string, interfaces: Interfaces): string | undefined {
  for (const infos of Object.values(interfaces))
    for (const { address, cidr, internal } of infos ?? []) {
      const bits = Number(cidr?.split('/')[1])
      if (internal || !Number.isInteger(bits) || isIPv6(address) !== isIPv6(peer)) continue
      const family = isIPv4(address) ? 'ipv4' : 'ipv6'
      const network = new BlockList()
      network.addSubnet(address, bits, family)
      if (network.check(peer, family)) return address
    }
  return undefined
}
