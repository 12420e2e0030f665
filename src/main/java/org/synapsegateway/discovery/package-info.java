/**
 * Where the hosts of workers are: names, looked up beside the requests and never for one of them.
 */
package org.synapsegateway.discovery;
