/**
 * Where the hosts of workers are, and who belongs to a list of workers: looked up beside the
 * requests and never for one of them.
 */
package org.synapsegateway.discovery;
