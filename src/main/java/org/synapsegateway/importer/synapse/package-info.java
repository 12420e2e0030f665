/** What Synapse's own configuration says about its processes: read as Synapse reads it. */
package org.synapsegateway.importer.synapse;
