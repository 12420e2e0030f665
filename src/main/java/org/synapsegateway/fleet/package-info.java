/**
 * The workers behind the routes as an admin sees them: which there are, how they are, drained or
 * not.
 */
package org.synapsegateway.fleet;
