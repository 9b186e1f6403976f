import { defineTable, type FileView, integer, text } from '@outpost/sdk';

const settings = '/proc/sys/net/ipv6/conf';
/** Settings for every interface and for those to come; they are no interfaces. */
const notInterfaces = new Set(['all', 'default']);
/** `accept_ra` of an interface that hears router advertisements although it forwards. */
const evenWhenForwarding = 2;

function setting(files: FileView, scope: string, name: string): number {
  return Number.parseInt(files.readTextIfPresent(`${settings}/${scope}/${name}`) ?? '0', 10) || 0;
}

/** How the kernel joins the settings of an interface with those for all is in its Documentation/networking/ip-sysctl. */
function rowOf(files: FileView, name: string, redirectsForAll: number) {
  const forwarding = setting(files, name, 'forwarding') !== 0;
  const redirects = [redirectsForAll, setting(files, name, 'accept_redirects')].map(Boolean);
  const advertisements = setting(files, name, 'accept_ra');
  return {
    interface: name,
    hop_limit: setting(files, name, 'hop_limit'),
    forwarding_enabled: Number(forwarding),
    redirect_accept: Number(forwarding ? redirects.every(Boolean) : redirects.some(Boolean)),
    rtadv_accept: Number(advertisements === evenWhenForwarding || (advertisements !== 0 && !forwarding)),
  };
}

/** What the kernel does with IPv6 packets, interface by interface. */
export const interfaceIpv6 = defineTable({
  name: 'interface_ipv6',
  description: 'IPv6 sysctl settings per interface.',
  platforms: ['linux', 'macos'],
  examples: ['select interface from interface_ipv6 where forwarding_enabled = 1'],
  columns: {
    interface: text('Name of the interface'),
    hop_limit: integer('Hops a packet sent from here may take'),
    forwarding_enabled: integer('1 when packets for others are passed on'),
    redirect_accept: integer('1 when a router may redirect to a better one'),
    rtadv_accept: integer('1 when routers may announce themselves'),
  },
  *generate(context) {
    const { files } = context;
    const redirectsForAll = setting(files, 'all', 'accept_redirects');
    for (const name of files.readdir(settings)) if (!notInterfaces.has(name)) yield rowOf(files, name, redirectsForAll);
  },
});
