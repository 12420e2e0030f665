/** Compares what an nginx decides with what the routes decide. */
@NullMarked
package org.synapsegateway.importer.compare;

import org.jspecify.annotations.NullMarked;
