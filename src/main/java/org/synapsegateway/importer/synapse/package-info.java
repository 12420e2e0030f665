/** What Synapse's own configuration says about its processes: read as Synapse reads it. */
@NullMarked
package org.synapsegateway.importer.synapse;

import org.jspecify.annotations.NullMarked;
