/**
 * The front door: the listener, the connections of clients, and how a request becomes a Camel
 * exchange and an exchange a reply.
 */
@NullMarked
package org.synapsegateway.server;

import org.jspecify.annotations.NullMarked;
