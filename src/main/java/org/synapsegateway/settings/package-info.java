/** The gateway's settings: every key with its default and its purpose, and their checked values. */
package org.synapsegateway.settings;
