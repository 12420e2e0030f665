/**
 * Which request goes where: the languages that routes are written in, and who may ask for a path.
 */
package org.synapsegateway.routing;
