/**
 * A request on its way from its client to a worker and its reply back: what the routes pass on, a
 * body that can be sent twice, what becomes of it all, and the gateway's own answers. Knows no
 * Camel.
 */
@NullMarked
package org.synapsegateway.request;

import org.jspecify.annotations.NullMarked;
