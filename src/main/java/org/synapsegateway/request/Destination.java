// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

/**
 * Where a request is sent: a worker, on behalf of a group.
 *
 * @param group the route that the front route has chosen
 * @param worker the name of the worker's socket, as in {@code inbound_main}
 * @param number its place in tables, from 0; see {@link Destinations}
 */
public record Destination(String group, String worker, int number) {}
