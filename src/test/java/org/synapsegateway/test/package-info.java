/**
 * What routes are tested with: the routes as Camel loads them, without ports and workers, requests
 * for them, and what became of a request.
 *
 * <p>Published as {@code org.synapsegateway:synapse-gateway:tests}; stands on Camel's own test
 * classes, camel-test-main-junit5.
 */
package org.synapsegateway.test;
