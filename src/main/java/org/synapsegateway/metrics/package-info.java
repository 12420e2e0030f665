/**
 * What the gateway counts: every meter with its name and purpose, and the figures of requests that
 * each event loop keeps by itself.
 *
 * <p>Those who carry requests know nothing of it; they write a {@link
 * org.synapsegateway.request.Trace}, which is read here.
 */
@NullMarked
package org.synapsegateway.metrics;

import org.jspecify.annotations.NullMarked;
