/** Reads an nginx configuration, and tells what nginx does with a request. */
@NullMarked
package org.synapsegateway.importer.nginx;

import org.jspecify.annotations.NullMarked;
