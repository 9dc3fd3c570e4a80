/**
 * Network interfaces, addresses and routes by netlink, and network namespaces. IPv4 only. A request
 * works on the namespace in which its {@link dev.obdbuild.linux.net.Netlink} was opened.
 */
@NullMarked
package dev.obdbuild.linux.net;

import org.jspecify.annotations.NullMarked;
