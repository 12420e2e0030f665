/** Who is asking: what a request says about its user, in Matrix's terms. */
package org.synapsegateway.identity;
