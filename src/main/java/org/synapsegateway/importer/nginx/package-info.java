/** Reads an nginx configuration, and tells what nginx does with a request. */
package org.synapsegateway.importer.nginx;
