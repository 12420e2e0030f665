/** Reads a haproxy.cfg, and tells what HAProxy does with a request. */
@NullMarked
package org.synapsegateway.importer.haproxy;

import org.jspecify.annotations.NullMarked;
