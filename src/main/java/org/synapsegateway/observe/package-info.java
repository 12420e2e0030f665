/** What the gateway tells about itself: its meters, and the port where they are read. */
package org.synapsegateway.observe;
