/**
 * What the gateway tells about itself: its meters, the access log, and the port where they are
 * read.
 *
 * <p>Those who carry requests know nothing of it; they write a {@link
 * org.synapsegateway.http.Trace}, which is read here.
 */
package org.synapsegateway.observe;
