// The one identity the gateway runs as, in every region: what it may do is the role assignments beside each resource. They are named
// after the gateway, not after this identity's principal, which is known at run time only: so what-if and the snapshot can predict them.
param name string
param location string
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
