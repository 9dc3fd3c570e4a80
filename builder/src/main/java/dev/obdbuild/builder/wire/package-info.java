/**
 * Connections between clients and a daemon: addresses, channels and servers over unix sockets and
 * TCP, with the limits and keepalive rules that BuildKit's clients and daemon have. Knows no
 * service.
 */
@NullMarked
package dev.obdbuild.builder.wire;

import org.jspecify.annotations.NullMarked;
