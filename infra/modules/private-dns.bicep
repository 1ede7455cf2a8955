// A zone in which the public names resolve to the private endpoints, seen from every region's network.
param zoneName string
param tags object

@description('Virtual networks of this resource group.')
param networkNames string[]

resource networks 'Microsoft.Network/virtualNetworks@2024-10-01' existing = [
  for name in networkNames: {
    name: name
  }
]

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zoneName
  location: 'global'
  tags: tags

  resource links 'virtualNetworkLinks' = [
    for (name, i) in networkNames: {
      name: name
      location: 'global'
      tags: tags
      properties: {
        registrationEnabled: false
        virtualNetwork: { id: networks[i].id }
      }
    }
  ]
}

output id string = zone.id
