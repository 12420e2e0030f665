/** Compares what an nginx decides with what the routes decide. */
package org.synapsegateway.importer.compare;
