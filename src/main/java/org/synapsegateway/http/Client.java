package org.synapsegateway.http;

import java.net.InetAddress;

/**
 * Who asks, as far as the gateway believes it: the peer, or the client that a trusted proxy names.
 *
 * @param address what X-Forwarded-For says to the worker: an IP address, or {@code unix:}
 * @param inet the same as an address; null for a client on a UNIX socket
 * @param scheme what X-Forwarded-Proto says to the worker: {@code http} or {@code https}
 */
public record Client(String address, InetAddress inet, String scheme) {}
