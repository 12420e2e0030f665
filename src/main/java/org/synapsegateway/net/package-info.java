/** Event loops and addresses: what lies below HTTP. */
package org.synapsegateway.net;
