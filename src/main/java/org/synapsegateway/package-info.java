/** Where the process begins: the class of the jar's manifest. */
package org.synapsegateway;
