/** Tests of what nginx would do. */
package org.synapsegateway.importer.nginx;
