/** The routes as an nginx configuration that decides alike, as far as nginx can. */
@NullMarked
package org.synapsegateway.exporter;

import org.jspecify.annotations.NullMarked;
